"""Which values are passwords, and that they do not show."""

import pytest

from opsmig_tui.services.secret_values import masked, of_container, secret_values


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("POSTGRES_PASSWORD", "heather-41", True), ("DB_PWD", "heather-41", True),
        ("POSTGRES_PASS", "heather-41", True), ("PGPASS", "heather-41", True),
        ("API_KEY", "heather-41", True), ("PRIVATE_KEY", "heather-41", True),
        ("AUTH", "heather-41", True), ("POSTGRES_PASSWORD", "abc", False),
        ("PWD", "/var/lib", False), ("OLDPWD", "/var/lib", False),
        ("AUTHOR", "heather-41", False), ("POSTGRES_USER", "heather-41", False),
    ],
)  # fmt: skip
def test_which_variables_are_secret(name: str, value: str, secret: bool) -> None:
    assert of_container({"Env": [f"{name}={value}"]}) == ((value,) if secret else ())


def test_what_is_no_secret_elsewhere_is_none() -> None:
    assert secret_values([("POSTGRES_USER", "postgres"), ("POSTGRES_PASSWORD", "postgres")]) == ()


def test_a_copy_under_another_name_does_not_make_it_open() -> None:
    pairs = [("POSTGRES_PASSWORD", "heather-41"), ("OPTION", "heather-41")]
    assert secret_values(pairs) == ("heather-41",)


def test_the_password_within_a_url() -> None:
    url = "postgresql://ops:hidden%40one@db/ops"
    assert secret_values([("DATABASE_URL", url)]) == ("hidden%40one", "hidden@one")


def test_one_that_begins_another_leaves_no_rest() -> None:
    pairs = [("A_SECRET", "abcd"), ("B_SECRET", "abcd-efgh"), ("C_SECRET", "abcd-efgh-ijkl")]
    found = secret_values(pairs)
    assert masked("abcd-efgh-ijkl abcd-efgh abcd", found) == "*** *** ***"
