#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031 # bats makes a subshell of every test
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

# newer_rpm: $newer is $made of version 7.8.9, with changes in what may be edited; not compiled again.
newer_rpm() {
	local work=$BATS_TEST_TMPDIR/newer source file
	for file in "$made" "${made/ramdax-$version/ramdax-verify-$version}"; do
		mkdir -p "$work/files"
		rpm2cpio "$file" | cpio -id --quiet -D "$work/files"
	done
	source=$(make -s dist VERSION=7.8.9 BUILD="$work")
	tar -xOf "$source" ramdax-7.8.9/ramdax.spec | sed "/^%make_build/d
		s,^make install.*,cp -a $work/files/. %{buildroot},
		s,^cd %{buildroot}$,&; for f in etc/default/grub.d/* etc/grub.d/*; do echo '# newer' >>\$f; done," \
		>"$work/ramdax.spec"
	rpmbuild -bb --nodeps --define "_topdir $work/top" --define "_sourcedir ${source%/*}" \
		--define "debug_package %{nil}" "$work/ramdax.spec" >"$work/log" 2>&1 || {
		tail -n 20 "$work/log"
		return 1
	}
	newer=$(echo "$work"/top/RPMS/*/ramdax-7.8.9-*.rpm)
}

# rpm_root: $root, where rpm's scriptlets run: bash, what else is required, and busybox, without anything that they ask for.
# logs PROGRAM: now it has that one, which writes into /log how it is called and what there is then.
rpm_root() {
	local file library
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root"/{bin,dev,etc,proc,usr/bin,usr/sbin,tmp,var/lib,var/tmp}
	cp "$(command -v busybox)" "$root/bin/busybox"
	chroot "$root" /bin/busybox --install -s /bin
	rm "$root"/bin/{awk,grep,sed,xargs}
	for file in bash awk grep sed xargs; do
		file=$(command -v "$file")
		install "$(readlink -f "$file")" "$root/bin/${file##*/}"
		for library in $(ldd "$file" | grep -o '/[^ ]*'); do
			install -D "$library" "$root$library"
		done
	done
	mknod -m 666 "$root/dev/null" c 1 3
	ln -s /proc/self/fd "$root/dev/fd"
}

logs() {
	cat >"$root/usr/bin/$1" <<-'END'
		#!/bin/sh
		there=without
		[ ! -e /usr/sbin/ramdax ] || there=with
		echo "${0##*/} $*, $there" >>/log
		[ ! -e /fails ]
	END
	chmod 755 "$root/usr/bin/$1"
}

# rpm_does ARGUMENT...: it has nothing to say. $log is what was called.
rpm_does() {
	: >"$root/log"
	# shellcheck disable=SC2016 # for the inner shell
	run -0 unshare --mount sh -c 'mount -t proc proc "$0/proc"
		exec rpm --force-debian --root "$0" --dbpath /var/lib/rpm --nodeps "$@"' "$root" "$@"
	log=$(cat "$root/log")
	echo "rpm $*: $output"$'\n'"$log"
}

# what_is_there: but for what rpm itself keeps, and this test.
what_is_there() {
	find "$root" -path "$root/var/lib/rpm" -prune -o -printf '/%P\n' |
		grep -vxE '/(log|fails|usr/bin/(dracut|systemctl|grubby))' | sort
}

@test "make rpm: installed and erased where there is nothing to do, it does nothing" {
	made rpm
	rpm_root
	what_is_there >"$BATS_TEST_TMPDIR/before"
	rpm_does -i "$made"
	[ -z "$output$log" ]
	[ -x "$root/usr/sbin/ramdax-update-bootloader" ]
	rpm_does -e ramdax
	[ -z "$output$log" ]
	what_is_there | diff "$BATS_TEST_TMPDIR/before" - | sed -n 's/^[<>] //p' >"$BATS_TEST_TMPDIR/left"
	grep -vxE '/(etc/default|etc/grub.d|(usr/lib|usr/share|usr/sbin|usr/bin)(/(doc|licenses|man|systemd|udev)(/.*)?)?)' \
		"$BATS_TEST_TMPDIR/left" | diff /dev/null -
}

@test "make rpm: on a machine that uses it, images are made anew and boot entries lose the line in the end" {
	local entry
	made rpm
	newer_rpm
	rpm_root
	entry=$root/boot/loader/entries/7.3.4.conf
	mkdir -p "${entry%/*}" "$root"/{run/systemd/system,etc/ramdax,var/lib/ramdax}
	: >"$root/etc/ramdax/layout.toml"
	logs dracut
	logs systemctl
	install tests/bootloader/tools/grubby "$root/usr/bin/grubby"
	rpm_does -i "$made"
	[ "$output$log" = "systemctl daemon-reload, with
dracut --force --regenerate-all, with" ]

	printf '%s\n' 'title Linux' 'linux /vmlinuz-7.3.4' 'options quiet memmap=256M!0x100000000 ro' >"$entry"
	echo 'line=memmap=256M!0x100000000' >"$root/var/lib/ramdax/bootloader"
	echo '# edited' >>"$root/etc/grub.d/42_ramdax"
	: >"$root/fails"
	rpm_does -U "$newer"
	[ "$log" = "systemctl daemon-reload, with
dracut --force --regenerate-all, with" ]
	[[ $output == "warning: /etc/grub.d/42_ramdax created as /etc/grub.d/42_ramdax.rpmnew" ]]
	[ "$(tail -qn 1 "$root"/etc/grub.d/42_ramdax{,.rpmnew} "$root/etc/default/grub.d/ramdax.cfg" | xargs)" = \
		"# edited # newer # newer" ]
	grep -q memmap= "$entry"
	[ -e "$root/var/lib/ramdax/bootloader" ]

	rm "$root/fails"
	rpm_does -e ramdax
	[ "$log" = "systemctl daemon-reload, without
dracut --force --regenerate-all, without" ]
	grep -x 'options quiet ro' "$entry"
	[[ $output == *"every entry is as it should be"* ]]
	find "$root" -name '*ramdax*' -printf '/%P\n' | sort >"$BATS_TEST_TMPDIR/left"
	diff "$BATS_TEST_TMPDIR/left" - <<-'END'
		/etc/grub.d/42_ramdax.rpmnew
		/etc/grub.d/42_ramdax.rpmsave
		/etc/ramdax
	END
}
