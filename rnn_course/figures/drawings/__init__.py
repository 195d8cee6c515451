"""Drawings of structures, each filled with the numbers of a run.

`words` draws windows and pieces of words, `networks` the network folded and unrolled, `layers`
stacks and two directions, `shapes` what goes in and comes out, `gradients` the way back, `lstm` and
`gru` the gated cells, `language_models` reading and writing, `taggers` characters below words and
the trellis, `attention` pooling, encoder and decoder, `searching` the beam's tree, `parallel` scans
and a batch shared out. `parts` is what all are made of, with `lettering` for letters, `sequences`
for what is shown of long ones, and `steps` for the gated cells.
"""
