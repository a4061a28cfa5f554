"""Which environment variables hold the sign-in for a source's server. Made from the source's name alone: nobody can have
another secret of the worker's sent somewhere by naming it."""


def password_name(slug: str) -> str:
    return f"CRESCENDO_SFTP_PASSWORD_{_plain(slug)}"


def key_file_name(slug: str) -> str:
    return f"CRESCENDO_SFTP_KEY_FILE_{_plain(slug)}"


def list_names(slug: str) -> list[str]:
    return [key_file_name(slug), password_name(slug)]


def _plain(slug: str) -> str:
    return slug.upper().replace("-", "_")
