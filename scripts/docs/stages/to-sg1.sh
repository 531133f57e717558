# What docs/live.md does: keys, a configuration, a live run of a handbook, and its first approval.
umask 077
mkdir -p ~/.config/cutter ~/.ssh ~/keys
ssh-keygen -q -t ed25519 -N '' -C anna@example -f ~/.ssh/id_ed25519
for leg in exec verify; do openssl genpkey -algorithm ed25519 -out ~/.config/cutter/$leg.pem 2>/dev/null; done
chmod 700 ~/keys
gpg='gpg --homedir ~/keys --batch --quiet --passphrase= --pinentry-mode loopback'
eval $gpg --quick-generate-key "'Backups <backups@example>'" ed25519 cert,sign never 2>/dev/null
key=$(eval $gpg --with-colons --list-keys | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1)
eval $gpg --quick-add-key $key cv25519 encr never 2>/dev/null
eval $gpg --export $key > ~/.config/cutter/backup.gpg
gpgconf --homedir ~/keys --kill gpg-agent
gates=sg1@cutter,sg2@cutter,revert@cutter,hard-delete@cutter
echo "anna@example namespaces=\"$gates\" $(cut -d ' ' -f 1,2 ~/.ssh/id_ed25519.pub)" \
  > ~/.config/cutter/allowed_signers
{
  for name in survey exec verify rehearse; do printf '[connections.%s]\nservice = "icx_%s"\n\n' $name $name; done
  for name in backup revert owner; do printf '[connections.%s]\nservice = "icx_owner"\n\n' $name; done
  printf '[approvals]\nallowed_signers = "%s/.config/cutter/allowed_signers"\n\n' "$HOME"
  printf '[backup]\nkey = "%s"\nkey_file = "%s/.config/cutter/backup.gpg"\n\n' "$key" "$HOME"
  printf '[signing]\nexec_key = "%s/.config/cutter/exec.pem"\n' "$HOME"
  printf 'verify_key = "%s/.config/cutter/verify.pem"\n' "$HOME"
} > ~/.config/cutter/cutter.toml
code=0; cutter cut HANDBOOK --source handbook.md --survey --live > cut.txt || code=$?
[ $code = 6 ]
run=$(grep -o 'ictr-[0-9]*T[0-9]*Z-[0-9a-f]*' cut.txt | head -n 1)
sudo -u postgres psql -qd icx -c "GRANT workflow_admin TO cutter_rehearse"
cutter rehearse $run > /dev/null
cutter approve $run --gate SG1 --authority anna@example --sign-with ~/.ssh/id_ed25519 > /dev/null
rm cut.txt
