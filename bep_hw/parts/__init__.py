"""Small parts that every engine uses: queues, registers on streams, lookup tables."""
