"""The viewer in the browser: a server on this machine alone, and its front end in one bundle."""
