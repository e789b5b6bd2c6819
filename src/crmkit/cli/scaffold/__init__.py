"""New plugins: a package that works, made of the parts that somebody chose.

`package/` holds the files of a plugin with every part, as they are written out; `#: PART` at the end of a
line keeps it for those who chose the part.
"""
