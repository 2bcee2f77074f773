"""The options of the commands of a receiver."""

from __future__ import annotations

import argparse

__all__ = ["PORT", "serve_options", "work_options"]

PORT = 8017
_LAST_PORT = 65_535


def serve_options(sub: argparse.ArgumentParser) -> None:
    """Add where to listen, and whether to verify."""
    sub.add_argument(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="the address to listen on (default: 127.0.0.1, for a proxy on this machine)",
    )
    sub.add_argument(
        "--port", type=_port, default=PORT, help=f"the port to listen on (default: {PORT}; 0: any)"
    )
    sub.add_argument(
        "--no-work", action="store_true", help="only accept: verifying is left to work"
    )


def work_options(sub: argparse.ArgumentParser) -> None:
    """Add whether to end when nothing is due."""
    sub.add_argument("--once", action="store_true", help="verify what is due, and end (for cron)")


def _port(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(_LAST_PORT))
    if not is_number or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a port")
    return int(text)
