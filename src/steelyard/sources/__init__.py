"""Fetches: files, databases, HTTP, pushed events; judges nothing."""

from steelyard.sources.connection import Auth, Fetch, Limits, Location, Paging
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
from steelyard.sources.references import ReferenceMissing, References
from steelyard.sources.textfile import Broken, FileRefused, TextFile

__all__ = [
    "Auth",
    "Broken",
    "Feed",
    "Fetch",
    "FileRefused",
    "Interface",
    "InterfaceBroken",
    "Limits",
    "Location",
    "Options",
    "Paging",
    "ReferenceMissing",
    "References",
    "Source",
    "TextFile",
    "load_interface",
    "load_interfaces",
    "read_file",
    "read_line",
]
