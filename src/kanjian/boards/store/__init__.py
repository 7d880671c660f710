"""The files of releases and editions 数据发布与期次的文件: immutable folders named by the hash of their content.

Nothing here knows the database. A folder is written beside its place and renamed into it when it is whole, so a crash
at any moment leaves either nothing or everything; what a crash leaves half-written is called ``.part-…`` and never
read.
"""
