"""Fetches: files, databases, HTTP, pushed events; judges nothing."""

from steelyard.sources.files import read_file, read_line
from steelyard.sources.interfaces import (
    Feed,
    Interface,
    InterfaceBroken,
    Options,
    Source,
    load_interface,
    load_interfaces,
)
from steelyard.sources.textfile import Broken, FileRefused, TextFile

__all__ = [
    "Broken",
    "Feed",
    "FileRefused",
    "Interface",
    "InterfaceBroken",
    "Options",
    "Source",
    "TextFile",
    "load_interface",
    "load_interfaces",
    "read_file",
    "read_line",
]
