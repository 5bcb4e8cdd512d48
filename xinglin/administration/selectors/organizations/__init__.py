"""What the organisation screens read: rows of lists, one organisation's page, the tree, who may change what."""
