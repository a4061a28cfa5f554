"""A real SFTP server on this machine: paramiko's own, serving one folder to one user, in a thread."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko

USER, PASSWORD = "crescendo", "correct horse"


@dataclass
class Running:
    port: int
    host_key: str
    sign_ins: list[str]


class _Door(paramiko.ServerInterface):
    def __init__(self, running: Running, public_key: str) -> None:
        self.running, self.public_key = running, public_key

    def check_auth_password(self, username: str, password: str) -> int:
        self.running.sign_ins.append("password")
        good = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.running.sign_ins.append("key")
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() == self.public_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"


def _files_below(root: Path) -> type[paramiko.SFTPServerInterface]:
    class Files(paramiko.SFTPServerInterface):
        def list_folder(self, path: str) -> object:
            try:
                return [
                    paramiko.SFTPAttributes.from_stat(one.lstat(), one.name)
                    for one in sorted((root / path.lstrip("/")).iterdir())
                ]
            except OSError as problem:
                return paramiko.SFTPServer.convert_errno(problem.errno)

        def lstat(self, path: str) -> object:
            try:
                return paramiko.SFTPAttributes.from_stat((root / path.lstrip("/")).lstat())
            except OSError as problem:
                return paramiko.SFTPServer.convert_errno(problem.errno)

        stat = lstat

        def open(self, path: str, flags: int, attr: object) -> object:
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = (root / path.lstrip("/")).open("rb")
            return handle

        def mkdir(self, path: str, attr: object) -> int:
            (root / path.lstrip("/")).mkdir()
            return paramiko.SFTP_OK

        def rename(self, old: str, new: str) -> int:
            os.rename(root / old.lstrip("/"), root / new.lstrip("/"))
            return paramiko.SFTP_OK

        def remove(self, path: str) -> int:
            (root / path.lstrip("/")).unlink()
            return paramiko.SFTP_OK

    return Files


@contextmanager
def serving(root: Path, *, public_key: str = "") -> Iterator[Running]:
    """The folder, served until the block ends."""
    own_key = (
        paramiko.Ed25519Key.generate()
        if hasattr(paramiko.Ed25519Key, "generate")
        else paramiko.ECDSAKey.generate()
    )
    listening = socket.create_server(("127.0.0.1", 0))
    running = Running(listening.getsockname()[1], f"{own_key.get_name()} {own_key.get_base64()}", [])
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connected, _address = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connected)
            transports.append(transport)
            transport.add_server_key(own_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _files_below(root))
            with suppress(paramiko.SSHException, EOFError, OSError):  # a caller who leaves in the middle
                transport.start_server(server=_Door(running, public_key))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for transport in transports:
            transport.close()
        thread.join(5)
