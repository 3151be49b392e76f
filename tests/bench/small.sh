# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Hundreds of small namespaces. RUNS, COUNT and PEERS come from the host; lib.sh is before this.

# small NAME COUNT [MAP]: COUNT namespaces of the smallest size.
small() {
	layout "$1" 'size = "14MiB"' "count = $2" "map = \"${3:-dev}\""
}

one_run() {
	clear_all
	row MiB/s $((COUNT * 16000 / ${_time%.*})) "zeroing, by apply"
	row MiB/s "$(tool memset 512 1)" "zeroing, by stores past the cache, 1 thread"
	row MiB/s "$(tool memset 512 2)" "zeroing, by stores past the cache, 2 threads"

	ours "cold, $COUNT" all
	parts "cold, $COUNT"
	row ms "$(tool release)" "teardown with 32 threads"
	row ms "$(tool enumerate)" floor
	is "the kernel brought up all" "$(find /sys/bus/nd/drivers/nd_pmem/ -name 'pfn*' | wc -l)" \
		"$COUNT"
	tool release >/dev/null
	rm -f /run/ramdax/report.json
	ours "warm, $COUNT" all
	ours "again, $COUNT" all
	took "plan, $COUNT" ramdax plan --layout /tmp/all.toml
	ours "recreate, $COUNT" others --recreate --yes
	parts "recreate, $COUNT"
	took "wipe, $COUNT" ramdax wipe -q --yes --layout /tmp/others.toml
	parts "wipe, $COUNT"

	for _n in 10 "$PEERS" $((COUNT / 2)); do
		clear_all
		ours "cold, $_n" "some$_n"
		tool release >/dev/null
		row ms "$(tool enumerate)" "floor, $_n"
	done
}

one_by_one() {
	clear_all
	tool enumerate >/dev/null
	_time=$(tool time ndctl create-namespace -m fsdax -s 16M -a 2M)
	ours "one by one, $PEERS" "some$PEERS"
}

peers() {
	clear_all
	tool enumerate >/dev/null
	took "libndctl in one process, $PEERS" peer "$PEERS"
	clear_all
	tool enumerate >/dev/null
	took "ndctl, $PEERS" sh -c "for i in \$(seq $PEERS); do
		ndctl create-namespace -m fsdax -s 16M -a 2M || exit; done"
}

small all "$COUNT"
for _n in 10 "$PEERS" $((COUNT / 2)); do
	small "some$_n" "$_n"
done
small others "$COUNT" mem
clear_layout "$((COUNT * 16))"

clear_all
run=0
while [ $run -lt "$RUNS" ]; do
	run=$((run + 1))
	one_run
done
one_by_one
peers
