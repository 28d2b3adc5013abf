"""Real git repositories for the tests, driven with the git program itself."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Repo:
    """A work tree below tmp_path. Calling it runs git there and returns what it printed."""

    root: Path

    def __call__(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *identity, *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self, message: str = "change") -> str:
        """Stage everything and commit; returns the commit's id."""
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self("rev-parse", "HEAD")


def make_repo(root: Path, branch: str = "main") -> Repo:
    root.mkdir(parents=True, exist_ok=True)
    repo = Repo(root)
    repo("init", "-q", "-b", branch)
    return repo
