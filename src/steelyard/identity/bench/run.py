x = 1
PARTS = run = None
