# test/vm/lib.sh - a virtual machine whose root is an archive in memory
#
# $work is a folder of its own, which goes at the end, as does the machine.
# Parts of the root: $work/root is added to $work/image by vm_add_root.

# shellcheck shell=bash
PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d "${TMPDIR:-/tmp}/bgf-vm.XXXXXX")
qemu=
vm_finish() {
	# A TERM is handed on to the machine, a KILL would leave it running.
	[ -z "$qemu" ] || { kill "$qemu"; wait "$qemu"; } 2>/dev/null || true
	rm -rf "$work"
}
trap vm_finish EXIT
trap 'exit 130' INT TERM

# The kernel's modules; those that a gateway and its laboratory may want.
vm_modules() {
	local version to
	kernel=$(test/vm/kernel)
	version=$(ls "$kernel/lib/modules")
	to=$work/root/usr/lib/modules/$version
	mkdir -p "$to/kernel/drivers/net"
	cp "$kernel/lib/modules/$version"/modules.* "$to"
	cp -r "$kernel/lib/modules/$version/kernel"/{net,lib,crypto} "$to/kernel"
	cp "$kernel/lib/modules/$version/kernel/drivers/net"/*.ko \
		"$to/kernel/drivers/net"
}

vm_add_root() {
	(cd "$work/root" && find . -mindepth 1 |
		cpio -o -H newc -R 0:0 --quiet) >>"$work/image"
	echo "image: $(($(stat -c %s "$work/image") >> 20)) MiB," \
		"after $((SECONDS - began)) s"
}

# vm_boot MIB SECONDS KERNEL-OPTION...: until the machine ends, or the time is
# over.  What it says on its second serial line is $work/out.
vm_boot() {
	local memory=$1 limit=$2
	shift 2
	timeout -k 5 "$limit" qemu-system-x86_64 -accel tcg,thread=multi \
		-smp 2 -m "$memory" -nodefaults -no-user-config -display none \
		-no-reboot -kernel "$kernel"/boot/vmlinuz-* \
		-initrd "$work/image" \
		-serial "file:$work/console" -serial "file:$work/out" \
		-append "console=ttyS0 quiet panic=-1 $*" \
		</dev/null >"$work/qemu" 2>&1 &
	qemu=$!
	wait "$qemu" || true
	qemu=
}

# vm_verdict STEPS: its last line must be that so many passed.
vm_verdict() {
	tr -d '\r' <"$work/out" 2>/dev/null || true
	if tail -1 "$work/out" 2>/dev/null | tr -d '\r' |
		grep -q "^vm: $1 passed, 0 failed$"; then
		echo "${0#./}: ok, $((SECONDS - began)) s"
		return
	fi
	echo "${0#./}: FAIL after $((SECONDS - began)) s;" \
		"the end of its console:"
	tail -20 "$work/console" "$work/qemu" 2>/dev/null | cut -c1-200
	return 1
}
