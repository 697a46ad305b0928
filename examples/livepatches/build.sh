#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds the demonstration livepatches into this folder. Needs gcc-12 and a Debian 12 kernel's headers:
#   apt-get update && apt-get install build-essential linux-headers-6.1.0-50-amd64
# ./build.sh [RELEASE [FOLDER]]    the same sources and packages give the same bytes, wherever the checkout is
set -eu
cd "$(dirname "$0")"
release=${1:-6.1.0-50-amd64}
folder=${2:-.}
headers=/usr/src/linux-headers-$release
[ -d "$headers" ] || { echo "build.sh: no headers in $headers" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp Kbuild ./*.c ./*.h "$work"
make -s -C "$headers" M="$work" CC=gcc-12 KCFLAGS="-ffile-prefix-map=$work=." CONFIG_DEBUG_INFO_BTF_MODULES= modules
for module in "$work"/*.ko; do
  strip --strip-debug "$module"
  cp "$module" "$folder"
done
