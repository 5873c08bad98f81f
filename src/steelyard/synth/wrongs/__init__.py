"""Acts of people that break the rules, and lawful acts that look alike.

Each act says what somebody did; what must be found follows from the act and is told by numbers.
"""
