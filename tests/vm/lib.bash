# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Virtual machines for bats: a real kernel with the real driver, no udev, no distribution.
#
#	load vm/lib
#	setup() { vm_setup; }
#	teardown() { vm_teardown; }
#
#	@test "..." {
#		vm_layout <<-'END'		# becomes /etc/ramdax/layout.toml
#		END
#		vm_script <<-'END'		# what the guest does; functions: guest/lib.sh
#			run 0 ramdax apply
#		END
#		vm_boot --memmap '513M!4G'	# the script's exit status
#	}
#
# A guest has 1 GiB of RAM below 4 GiB, for the system, and the rest from 4 GiB on, for carveouts,
# as larger machines do (--below changes that: carveouts below 4 GiB, NUMA guests).
#
# RAM as a file (vm_ram SIZE) outlives the guest: another vm_boot is a warm reset, vm_ram again a
# power cycle. Between two boots vm_poke, vm_peek, vm_scramble and vm_find reach it by physical
# address. It is kept on a tmpfs: below RAMDAX_VM_TMP, default /dev/shm.

vm_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
vm_root=$(readlink -f "$vm_here/../..")
# shellcheck disable=SC2034 # for the tests
MIB=$((1 << 20)) GIB=$((1 << 30))

vm_setup() {
	vm_pid=
	vm_dir=$(mktemp -d "${RAMDAX_VM_TMP:-/dev/shm}/ramdax-vm.XXXXXX")
	vm_tree=$vm_dir/tree
	vm_ram_file=
	vm_args=() # more arguments for QEMU
	vm_cmdline='quiet'
	mkdir -p "$vm_tree"/{guest,etc/ramdax,usr/sbin}
	cp "$vm_here/guest/init" "$vm_tree/init"
	cp "$vm_here/guest/lib.sh" "$vm_tree/guest/"
	chmod 755 "$vm_tree/init"
	local ramdax=${RAMDAX:-$vm_root/ramdax}
	if [ -e "$ramdax" ]; then
		cp "$ramdax" "$vm_tree/usr/sbin/ramdax"
	fi
	# What it is linked with is in the image, for ndctl and blkid.
	if [ -e "$vm_root/ramdax-verify" ]; then
		cp "$vm_root/ramdax-verify" "$vm_tree/usr/sbin/"
	fi
}

vm_teardown() {
	if [ -z "${BATS_TEST_COMPLETED-}" ] && [ -e "$vm_dir/console" ]; then
		echo "--- the last guest's console:"
		tail -n "${VM_CONSOLE_LINES:-40}" "$vm_dir/console" | tr -d '\r'
	fi
	vm_kill
	rm -rf "$vm_dir"
}

# vm_file PATH [MODE]: standard input becomes that file in the guest.
vm_file() {
	mkdir -p "$vm_tree$(dirname "$1")"
	cat >"$vm_tree$1"
	chmod "${2:-644}" "$vm_tree$1"
}

# vm_program NAME: a program of this machine, with the libraries it needs, that the image lacks.
vm_program() {
	local path file
	path=$(command -v "$1") || return
	{
		echo "$path"
		ldd "$path" | sed -n 's/.*[ \t]\(\/[^ ]*\) (0x.*/\1/p'
	} | while read -r file; do
		install -D -m 755 -t "$vm_tree$(readlink -f "$(dirname "$file")")" "$file"
	done
}

vm_layout() {
	vm_file /etc/ramdax/layout.toml
}

# vm_pool 'NAME SIZE KIND [KEY=VALUE]...'...: prints a layout whose one region, "pool", has these
# namespaces. KIND is a mode or, in mode fsdax, a file system; values are TOML without spaces:
#
#	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax survives="kexec"' | vm_layout
vm_pool() {
	local namespace name size kind more key

	printf '%s\n' 'version = 1' '[[region]]' 'name = "pool"'
	for namespace; do
		read -r name size kind more <<<"$namespace"
		printf '%s\n' '[[region.namespace]]' "name = \"$name\""
		case $kind in
		fsdax) echo "size = \"$size\"" ;;
		devdax | sector | raw) printf '%s\n' "mode = \"$kind\"" "size = \"$size\"" ;;
		*) printf '%s\n' "size = \"$size\"" "filesystem.type = \"$kind\"" ;;
		esac
		for key in $more; do
			echo "${key%%=*} = ${key#*=}"
		done
	done
}

vm_script() {
	vm_file /guest/script
}

# Ends the guest at once, as a power cut would (its RAM file stays as it is).
vm_kill() {
	if [ "${vm_pid-}" ]; then
		kill -KILL "$vm_pid" 2>/dev/null || :
		wait "$vm_pid" 2>/dev/null || :
		vm_pid=
	fi
}

# vm_boot [OPTION VALUE]...: boots a guest, waits for its end, prints what its script printed and
# returns the script's exit status; 124 if it did not end in time, 125 if it ended without one.
#	--memory SIZE		4G unless vm_ram was called
#	--below SIZE		how much of it is below 4 GiB; default 1G
#	--memmap RANGES		memmap=RANGES on the kernel command line
#	--append TEXT		more of it
#	--cpus N		default 1: two, emulated, sometimes trip over code that the other
#				one is just patching, and are no faster
#	--numa SIZE,SIZE...	a node each, with a processor; together the memory size
#	--firmware uefi		OVMF instead of SeaBIOS
#	--timeout SECONDS	default 600; under TCG a boot takes about 5
#	--kill-at TEXT		ends the guest when its script, or its console, has printed TEXT, and
#				returns 0 (with --kill-after SECONDS: that much later)
vm_boot() {
	local memory='' below='' memmap='' append='' cpus='' numa='' firmware=bios
	local timeout=600 kill_at='' kill_after=0 status=125

	while [ $# -gt 0 ]; do
		case $1 in
		--memory) memory=$2 ;;
		--below) below=$2 ;;
		--memmap) memmap="memmap=$2" ;;
		--append) append=$2 ;;
		--cpus) cpus=$2 ;;
		--numa) numa=$2 ;;
		--firmware) firmware=$2 ;;
		--timeout) timeout=$2 ;;
		--kill-at) kill_at=$2 ;;
		--kill-after) kill_after=$2 ;;
		*)
			echo "vm_boot: unknown option '$1'" >&2
			return 2
			;;
		esac
		shift 2
	done

	vm_start
	local deadline=$((SECONDS + timeout))
	while kill -0 "$vm_pid" 2>/dev/null; do
		if [ "$kill_at" ] && grep -qaF -e "$kill_at" "$vm_dir"/{output,console} 2>/dev/null; then
			sleep "$kill_after"
			vm_kill
			status=0
			break
		fi
		if [ $SECONDS -ge $deadline ]; then
			echo "vm_boot: not done after $timeout seconds"
			vm_kill
			status=124
			break
		fi
		sleep 0.03
	done
	[ -z "$vm_pid" ] || wait "$vm_pid" || :
	vm_pid=

	echo "--- guest: ${memmap:-no memmap=} $append"
	cat "$vm_dir/output"
	if [ $status -eq 125 ]; then
		status=$(sed -n 's/^guest: exit status \([0-9]*\)$/\1/p' "$vm_dir/output")
		[ "$status" ] || status=125
	fi
	if [ "$status" -eq 125 ]; then
		echo "vm_boot: the guest ended without an exit status"
		cat "$vm_dir/qemu"
	fi
	return "$status"
}

# vm_fault: the guest has "fault", which has system calls fail (fault.c).
vm_fault() {
	echo '#include <sys/syscall.h>' | "${CC:-cc}" -E -dM - |
		sed -n 's/^#define __NR_\([a-z0-9_]*\) [0-9].*/{"\1", __NR_\1},/p' >"$vm_dir/calls.h"
	"${CC:-cc}" -O2 -Wall -Wextra -Werror -static -I "$vm_dir" \
		-o "$vm_tree/usr/sbin/fault" "$vm_here/fault.c"
}

# vm_said PATTERN: the lines of the last guest's output that match (grep -E).
vm_said() {
	grep -E -e "$1" "$vm_dir/output"
}

# vm_documents N: the N documents that the last guest printed (document, in guest/lib.sh) are as
# their schema has them.
vm_documents() {
	vm_said '^document ' | sed 's/^document //' | "$vm_root/tests/schema/documents.py" lines "$1"
}

# Makes $vm_dir/initrd: the image that all share, with this scenario's files.
vm_initrd() {
	local image
	image=$("$vm_here/image")
	(cd "$vm_tree" && find . -print0 | cpio -o -0 -H newc -R 0:0 --quiet) >"$vm_dir/scenario"
	cat "$image" "$vm_dir/scenario" >"$vm_dir/initrd"
}

# Called before every boot. Who boots something else defines this function again, after loading
# this file, and may set vm_args and vm_cmdline in it.
vm_prepare() {
	vm_initrd
}

# vm_kernel CMDLINE: sets vm_booted, what QEMU boots: the kernel, with that initramfs. This, too, may
# be defined again. A busy host may not emulate the timer in time for the kernel's check of it.
vm_kernel() {
	vm_booted=(-kernel "$("$vm_here/fetch-kernel")/vmlinuz" -initrd "$vm_dir/initrd" -append "$1")
}

# Starts QEMU with the variables of vm_boot: guest output to $vm_dir/output, console beside it.
vm_start() {
	local i=0 size machine="pc,max-ram-below-4g=${below:=1G}" nodes=${numa-}
	local args=(-accel "${RAMDAX_ACCEL:-tcg,thread=multi}" -cpu max -smp "${cpus:=1}"
		-m "${memory:=${vm_ram_size:-4G}}" -nodefaults -display none -no-reboot -monitor none
		-serial "file:$vm_dir/console" -serial "file:$vm_dir/output")

	if [ "$vm_ram_file" ]; then
		machine+=",memory-backend=ram"
		args+=(-object "memory-backend-file,id=ram,size=$memory,mem-path=$vm_ram_file,share=on")
	fi
	for size in ${nodes//,/ }; do
		args+=(-object "memory-backend-ram,id=m$i,size=$size"
			-numa "node,nodeid=$i,memdev=m$i$([ $i -ge "$cpus" ] || echo ",cpus=$i")")
		i=$((i + 1))
	done
	[ "${firmware-bios}" = bios ] || args+=(-bios /usr/share/ovmf/OVMF.fd)

	vm_prepare
	vm_kernel "console=ttyS0 panic=-1 no_timer_check $vm_cmdline ${memmap-} ${append-}"
	: >"$vm_dir/output"

	# QEMU goes with this shell, however that ends; file descriptor 3 is bats' own.
	setpriv --pdeathsig KILL qemu-system-x86_64 -machine "$machine" "${args[@]}" "${vm_args[@]}" \
		"${vm_booted[@]}" </dev/null >"$vm_dir/qemu" 2>&1 3>&- &
	vm_pid=$!
}

# vm_ram SIZE: RAM as a file from now on, all zeroes: a power cycle.
vm_ram() {
	vm_ram_size=$1
	vm_ram_file=$vm_dir/ram
	rm -f "$vm_ram_file"
	truncate -s "$1" "$vm_ram_file"
}

# A size or address in bytes: 0x..., or decimal with K, M, G.
vm_bytes() {
	case $1 in
	0x*) echo $(($1)) ;;
	*) numfmt --from=iec "$1" ;;
	esac
}

# The offset in the file of the physical address $1, for guests without --below.
vm_offset() {
	local address
	address=$(vm_bytes "$1")

	if [ "$address" -lt $GIB ]; then
		echo "$address"
	elif [ "$address" -ge $((4 * GIB)) ]; then
		echo $((address - 3 * GIB))
	else
		echo "vm_offset: no RAM at '$1'" >&2
		return 1
	fi
}

# vm_poke ADDRESS: writes standard input there.
vm_poke() {
	dd of="$vm_ram_file" bs=64K seek="$(vm_offset "$1")" oflag=seek_bytes conv=notrunc status=none
}

# vm_peek ADDRESS SIZE: prints what is there.
vm_peek() {
	dd if="$vm_ram_file" bs=64K skip="$(vm_offset "$1")" count="$(vm_bytes "$2")" \
		iflag=skip_bytes,count_bytes status=none
}

# vm_scramble ADDRESS SIZE: random bytes, as RAM holds after power-on. The same every time.
vm_scramble() {
	openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt -in /dev/zero 2>/dev/null |
		head -c "$(vm_bytes "$2")" | vm_poke "$1"
}

# vm_keep: remembers where the last guest said its data is (places, in guest/lib.sh), and a checksum
# of it. vm_kept: whether all of it is as it was then.
vm_keep() {
	vm_said '^place ' >"$vm_dir/places" && vm_sums >"$vm_dir/sums"
}

vm_kept() {
	vm_sums | diff "$vm_dir/sums" -
}

vm_sums() {
	local word name start size
	while read -r word name start size; do
		echo "$word $name $(vm_peek "$start" "$size" | sha256sum)"
	done <"$vm_dir/places"
}

# vm_find TEXT ADDRESS SIZE: whether the text occurs in that range.
vm_find() {
	vm_peek "$2" "$3" | grep -qaF -e "$1"
}
