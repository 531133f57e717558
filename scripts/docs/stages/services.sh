# The services of the five roles of the reference database, and their passwords.
for pair in survey:context_pack_readonly exec:cutter_exec verify:cutter_verify \
  rehearse:cutter_rehearse owner:workflow_admin; do
  printf '[icx_%s]\nhost=127.0.0.1\nport=@PORT@\ndbname=icx\nuser=%s\n\n' "${pair%%:*}" "${pair##*:}"
done > ~/.pg_service.conf
echo '127.0.0.1:*:*:*:@PASSWORD@' > ~/.pgpass
chmod 600 ~/.pgpass
printf '# Handbook\n\n## One\n\ntext\n\n## Two\n\nmore\n' > handbook.md
