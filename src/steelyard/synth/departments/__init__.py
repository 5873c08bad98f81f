"""A province of departments to talk to: real servers on loopback over a made-up county, with faults to switch on."""

from steelyard.synth.departments.control import CONTROL_FILE, Control, ControlRefused, NotRunning, ask
from steelyard.synth.departments.faults import Faults, Kind, NoSuchFault, Wish, parse, possible, read_file
from steelyard.synth.departments.province import Province, remove_servers
from steelyard.synth.departments.push import Answer, Message, post_to, pushed_rows

__all__ = [
    "CONTROL_FILE",
    "Answer",
    "Control",
    "ControlRefused",
    "Faults",
    "Kind",
    "Message",
    "NoSuchFault",
    "NotRunning",
    "Province",
    "Wish",
    "ask",
    "parse",
    "possible",
    "post_to",
    "pushed_rows",
    "read_file",
    "remove_servers",
]
