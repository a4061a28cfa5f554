"""edmeasures: published education measures over plain tables. Imports neither Django nor crescendo."""
