"""What flows through skelconv: the clip, its layout, and the errors; and how any file is opened.

It imports nothing else.
"""
