-- expect: refused SCRIPT_NOT_SEALABLE
-- The same for a partition.
ALTER TABLE world.measure DETACH PARTITION world.measure_low CONCURRENTLY;
