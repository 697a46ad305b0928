#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ./build.sh HEADERS FOLDER    builds the modules here with a kernel's headers, for example /usr/src/linux-headers-6.1.0-50-amd64, into FOLDER
set -eu
cd "$(dirname "$0")"
headers=$1
folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp Kbuild ./*.c ./*.h "$work"
make -s -C "$headers" M="$work" ${CC:+CC="$CC"} KCFLAGS="-ffile-prefix-map=$work=." CONFIG_DEBUG_INFO_BTF_MODULES= modules
mkdir -p "$folder"
for module in "$work"/*.ko; do strip --strip-debug -o "$folder/$(basename "$module")" "$module"; done
strip --strip-debug --discard-all -o "$folder/lk_objects_stripped.ko" "$work/lk_objects.ko"
