"""The checks of `make check` hold, and can fail."""

from importlib import metadata

from tests.architecture import repository


def test_the_repository_keeps_its_own_rules() -> None:
    broken = [sentence for fails, sentence in repository.problems() if fails]
    assert broken == []


def test_a_gpl_package_would_be_noticed() -> None:
    """djlint is under the GPL: a tool of developers, and the proof that the check can see one."""
    said = repository.licence_of(metadata.distribution("djlint"))
    assert repository.GPL.search(repository.LESSER.sub("", said))


def test_an_lgpl_package_is_welcome() -> None:
    said = repository.licence_of(metadata.distribution("psycopg"))
    assert "LGPL" in said
    assert not repository.GPL.search(repository.LESSER.sub("", said))


def test_tools_of_developers_are_not_installed_with_the_product() -> None:
    names = {distribution.metadata["Name"].lower() for distribution in repository.runtime_distributions()}
    assert "django" in names
    assert not names & {"djlint", "pytest", "mypy", "pandas"}


def test_the_locks_carry_a_hash_for_every_requirement_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock"):
        text = (repository.ROOT / name).read_text()
        pinned = [line for line in text.splitlines() if "==" in line]
        assert len(pinned) > 30
        assert all(line.endswith("\\") for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text


def test_every_requirement_of_the_project_is_locked() -> None:
    import tomllib  # noqa: PLC0415

    from packaging.requirements import Requirement  # noqa: PLC0415

    project = tomllib.loads((repository.ROOT / "pyproject.toml").read_text())
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
        "requirements-spark.lock": project["dependency-groups"]["spark"],
    }
    for name, texts in wanted.items():
        lines = (repository.ROOT / name).read_text().splitlines()
        locked = dict(line.split(" ")[0].split("==") for line in lines if "==" in line)
        for text in texts:
            requirement = Requirement(text)
            assert requirement.specifier.contains(locked[requirement.name], prereleases=True), (
                f"run `make lock`: {text}"
            )
