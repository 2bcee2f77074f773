"""Whether a file is on a network file system, where SQLite's locks cannot be relied on."""

from __future__ import annotations

from pathlib import Path

from pelican_linkback.exceptions import StoreError

__all__ = ["file_system_of", "refuse_network_files"]

_MOUNTS = Path("/proc/mounts")
_REMOTE = frozenset(
    (
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "pvfs2",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
    )
)


def refuse_network_files(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise StoreError if the system says that ``path`` is on another machine."""
    try:
        listed = mounts.read_text("utf-8", "replace")
    except OSError:  # only Linux has this list
        return
    kind = file_system_of(str(path.absolute().resolve()), listed)
    if kind in _REMOTE:
        raise StoreError(
            f"{path}: a database in a file cannot be on a network file system ({kind}); set "
            "LINKBACK_INBOX to a file on a disk of this machine, or to a PostgreSQL database"
        )


def file_system_of(path: str, mounts: str) -> str:
    """Return the type of the file system of an absolute path, by the text of /proc/mounts. Pure."""
    found = ("", "")
    for line in mounts.splitlines():
        _, place, kind, *_ = [*line.split(" "), "", ""]
        place = _unescaped(place).rstrip("/") + "/"
        if kind and f"{path}/".startswith(place) and len(place) >= len(found[0]):
            found = place, kind
    return found[1]


def _unescaped(place: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        place = place.replace(code, character)
    return place
