"""Fetches: files, databases, HTTP, pushed events; judges nothing."""

from steelyard.sources.blanks import BLANKS
from steelyard.sources.connection import Auth, Fetch, Limits, Location, Paging
from steelyard.sources.drops import Drop, Left
from steelyard.sources.fetched import Fetched, FetchFailed, Probe, SignatureRejected, SourceDrifted, SourceRefused
from steelyard.sources.fetching import ASKED, fetch, probe, sample
from steelyard.sources.files import read_file
from steelyard.sources.interfaces import (
    Feed,
    Interface,
    InterfaceBroken,
    Source,
    load_interface,
    load_interfaces,
)
from steelyard.sources.options import Options
from steelyard.sources.origin import Origin, origin
from steelyard.sources.references import ReferenceMissing, References
from steelyard.sources.textfile import Broken, FileRefused, TextFile, tidy_in_all

__all__ = [
    "ASKED",
    "BLANKS",
    "Auth",
    "Broken",
    "Drop",
    "Feed",
    "Fetch",
    "FetchFailed",
    "Fetched",
    "FileRefused",
    "Interface",
    "InterfaceBroken",
    "Left",
    "Limits",
    "Location",
    "Options",
    "Origin",
    "Paging",
    "Probe",
    "ReferenceMissing",
    "References",
    "SignatureRejected",
    "Source",
    "SourceDrifted",
    "SourceRefused",
    "TextFile",
    "fetch",
    "load_interface",
    "load_interfaces",
    "origin",
    "probe",
    "read_file",
    "sample",
    "tidy_in_all",
]
