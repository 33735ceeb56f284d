"""Tables and arrays of any form, of which the recipe says what is where."""
