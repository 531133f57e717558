# The live run goes through its first gate, and its second one is approved.
run=$(cutter runs --json | grep -o 'ictr-[0-9]*T[0-9]*Z-[0-9a-f]*' | head -n 1)
digest=$(cutter show $run --json | grep -o '"cutplanSha256": *"[0-9a-f]*"' | grep -o '[0-9a-f]\{64\}')
code=0; cutter resume $run --approval $run.SG1.json --live --confirm $digest > /dev/null || code=$?
[ $code = 6 ]
cutter approve $run --gate SG2 --authority anna@example --sign-with ~/.ssh/id_ed25519 > /dev/null
