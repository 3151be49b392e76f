#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The source archive, the static archive and the packages: the same tree gives the same archives, and
# all of them have what "make install" installs. That the Debian package works, is upgraded and
# purged, is told by tests/distro.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	version=$(sed -n 's/^VERSION := //p' Makefile)
	export LC_ALL=C
	unset DEBEMAIL DEBFULLNAME
}

# made TARGET: makes it, once, and sets $made to its path.
made() {
	local made_file=$BATS_FILE_TMPDIR/$1
	[ -e "$made_file" ] || make -s "$1" >"$made_file.new"
	[ -e "$made_file" ] || mv "$made_file.new" "$made_file"
	made=$(cat "$made_file")
	echo "$1: $made"
	[ -s "$made" ]
}

# same_files LIST MORE: the list on standard input, "MODE PATH [TARGET]" a line, is the one in that
# file, and what matches the pattern.
same_files() {
	sed 's/ *$//; /^l/!s/\.gz$//' | grep -vE " $2\$" | sort | diff -u "$1" -
}

@test "the version stands in the Makefile, and nowhere else" {
	[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
	git ls-files -z ':!tests' ':!Makefile' ':!NEWS.md' >"$BATS_TEST_TMPDIR/files"
	run -123 xargs -0 grep -nF -e "$version" <"$BATS_TEST_TMPDIR/files"
	[ -z "$output" ]
	made dist
	tar -xOf "$made" "ramdax-$version/debian/changelog" | grep -q "^ramdax ($version) "
	tar -xOf "$made" "ramdax-$version/ramdax.spec" | grep -qx "Version: *$version"
	# another one, on the command line, is in all of them
	run -0 make -s dist VERSION=7.8.9 BUILD="$BATS_TEST_TMPDIR"
	[ "$output" = "$BATS_TEST_TMPDIR/dist/ramdax-7.8.9.tar.xz" ]
	tar -xf "$output" -C "$BATS_TEST_TMPDIR" --wildcards '*/ramdax.spec' '*/debian'
	cd "$BATS_TEST_TMPDIR/ramdax-7.8.9"
	[ "$(dpkg-parsechangelog -S Version) $(rpmspec -q --srpm --qf '%{version}' ramdax.spec)" = \
		"7.8.9 7.8.9" ]
}

@test "make dist: what git knows, and what has the version in it" {
	made dist
	tar -tf "$made" | sed "s,^ramdax-$version/,," | sort >"$BATS_TEST_TMPDIR/list"
	{
		git ls-files
		printf '%s\n' debian/changelog ramdax.spec
	} | sort | diff -u - "$BATS_TEST_TMPDIR/list"
}

@test "two builds, in other places and by other people: the same archives" {
	made dist
	dist_made=$made
	made dist-static
	local other=$BATS_TEST_TMPDIR/other
	mkdir "$other"
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
	export SOURCE_DATE_EPOCH
	git ls-files -z | xargs -0 cp -P --parents -t "$other"
	(
		umask 077
		cd "$other"
		chmod -R go-rwx .
		git init -q
		git add -A
		TZ=Pacific/Auckland LC_ALL=C.UTF-8 make -s dist-static BUILD=elsewhere
	)
	cmp "$dist_made" "$other/elsewhere/dist/${dist_made##*/}"
	cmp "$made" "$other/elsewhere/dist/${made##*/}"
}

@test "make dist-static: the installed files, the program static and stripped" {
	made dist-static
	tar -tvf "$made" | awk '{ print $1, $6, $8 }' |
		same_files <(grep -v ramdax-verify tests/shell/install.list) none
	tar -xf "$made" -C "$BATS_TEST_TMPDIR"
	[ "$("$BATS_TEST_TMPDIR/usr/sbin/ramdax" --version)" = "ramdax $version" ]
	run -0 readelf -lSW "$BATS_TEST_TMPDIR/usr/sbin/ramdax"
	[[ $output != *INTERP* && $output != *.symtab* && $output != *.debug* ]]
	# Every image of the initramfs carries it: 1.4 MiB.
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/usr/sbin/ramdax")" -le 1468006 ]
}

@test "make deb: lintian finds nothing, the files are the installed ones" {
	made deb
	run lintian --fail-on error,warning "${made%.deb}.changes"
	echo "$output"
	[ "$status" -eq 0 ]
	for deb in "$made" "${made/ramdax_/ramdax-verify_}"; do
		dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { sub(/^\.\//, "", $6); print $1, $6, $8 }'
	done >"$BATS_TEST_TMPDIR/files"
	same_files tests/shell/install.list <"$BATS_TEST_TMPDIR/files" \
		'usr/share/(doc/ramdax(-verify)?/(changelog|copyright)|lintian/overrides/ramdax)'
	run -0 dpkg-deb -c "$made"
	[[ $output != *verify* ]]
	[ "$(dpkg-deb -f "$made" Version)" = "$version" ]
	# RFC 2606: no host has a name that ends so
	[[ $(dpkg-deb -f "$made" Maintainer) =~ ^"ramdax maintainers <"[a-z]+@[a-z]+\.invalid">"$ ]]
	run -0 dpkg-deb -f "$made" Static-Built-Using
	for library in glibc json-c util-linux; do
		[[ $output =~ (^|\ )$library\ \(=\ [0-9] ]]
	done
}

# The tools that would build are stood in for: what they are given is what counts.
@test "make deb: the maintainer is who DEBEMAIL says" {
	local tool=$BATS_TEST_TMPDIR/bin/dpkg-buildpackage
	mkdir "${tool%/*}"
	cat >"$tool" <<-'END'
		#!/bin/sh
		sed -n 's/^Maintainer: //p' debian/control >"$GIVEN"
		sed -n 's/^ -- \(.*\)  .*/\1/p' debian/changelog >>"$GIVEN"
		: >../ramdax.deb
		: >../ramdax.changes
		: >../ramdax.buildinfo
	END
	chmod 755 "$tool"
	export GIVEN=$BATS_TEST_TMPDIR/given
	is_given() {
		: >"$GIVEN"
		env PATH="${tool%/*}:$PATH" "${@:2}" make -s deb BUILD="$BATS_TEST_TMPDIR/build" >/dev/null
		[ "$(cat "$GIVEN")" = "$1"$'\n'"$1" ]
	}
	is_given 'A & B / C <me@example.org>' DEBEMAIL=me@example.org DEBFULLNAME='A & B / C'
	is_given 'Me <me@example.org>' DEBEMAIL='Me <me@example.org>' DEBFULLNAME=You
}

@test "the Debian package: conffiles, and the trigger for images" {
	made deb
	[ "$(dpkg-deb -I "$made" conffiles | sort)" = "/etc/default/grub.d/ramdax.cfg
/etc/grub.d/42_ramdax" ]
	dpkg-deb -I "$made" triggers | grep -qx 'activate-noawait update-initramfs'
}

@test "removed and not purged: what is left in /etc does nothing, and no harm" {
	made deb
	dpkg-deb -x "$made" "$BATS_TEST_TMPDIR"
	[ ! -e /usr/sbin/ramdax-update-bootloader ]
	for shell in dash 'busybox sh' bash; do
		# shellcheck disable=SC2016,SC2086 # for the other shell, which may be two words
		run -0 $shell -e -u -c 'GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"; . "$0"; set' \
			"$BATS_TEST_TMPDIR/etc/default/grub.d/ramdax.cfg"
		grep -qx "GRUB_CMDLINE_LINUX_DEFAULT='quiet splash'" <<<"$output"
		run -1 grep -i '^_ramdax' <<<"$output"
	done
	run -0 "$BATS_TEST_TMPDIR/etc/grub.d/42_ramdax"
	[ -z "$output" ]
}

@test "maintainer scripts: nothing to say, and nothing done where there is nothing to do" {
	shellcheck debian/ramdax.p* packaging/build
	for script in debian/ramdax.p*; do
		for argument in upgrade failed-upgrade abort-upgrade abort-remove deconfigure disappear; do
			run -0 env PATH=/nowhere /bin/dash "$script" "$argument" 1
			[ -z "$output" ]
		done
	done
}

@test "make rpm: the files are the installed ones" {
	made rpm
	rpm -qlvp "$made" "${made/ramdax-$version/ramdax-verify-$version}" |
		awk '$1 !~ /^d/ { sub(/^\//, "", $9); print $1, $9, $11 }' |
		same_files tests/shell/install.list 'usr/(share/licenses/ramdax.*|lib/.build-id/.*)'
	[ "$(rpm -qp --qf '%{version} %{license}' "$made")" = "$version GPL-2.0-or-later" ]
	[ "$(rpm -qcp "$made" | sort)" = "/etc/default/grub.d/ramdax.cfg
/etc/grub.d/42_ramdax" ]
}
