"""A project's posts, figures, demos and theme become the site's files, in memory.

sources     the posts, parsed, and what is wrong with them before anything is computed
demos       plans, data sets and manifests as assets
panels      the panels of demos, and whether posts' links set what these have
pictures    images, figures, stand-ins and cards
origin      what figures ran on, in words
contents    of a post and of the series
output      the files, each path once
links       every address in every page leads somewhere
assemble    all of it, in order
"""
