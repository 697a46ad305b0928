#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds ../built from the sources here. Needs Debian 12's gcc-12 and its cross compilers:
#   apt-get install gcc-12 gcc-12-aarch64-linux-gnu gcc-12-s390x-linux-gnu gcc-12-powerpc64le-linux-gnu openssl
# The signing keys are made anew and thrown away; only their certificates are kept.
set -eu
cd "$(dirname "$0")"
out=../built
rm -rf "$out"; mkdir -p "$out"
common="-c -O2 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -w"
x86="gcc-12 $common -mcmodel=kernel -fno-pic -fcf-protection=none"

build() { # name, compiler and flags, source
  name=$1; shift
  "$@" -o "$out/$name.ko"
}
build two_objects $x86 two_objects.c
build two_objects_debug $x86 -DFUNC_TAIL=216 -DOBJECT_TAIL=200 two_objects.c
build two_objects_sections $x86 -fdata-sections -ffunction-sections two_objects.c
build two_objects_pic gcc-12 $common -fpic two_objects.c
build two_objects_aarch64 aarch64-linux-gnu-gcc-12 $common -fno-pic two_objects.c
build two_objects_aarch64_pic aarch64-linux-gnu-gcc-12 $common -fpic two_objects.c
build two_objects_s390x s390x-linux-gnu-gcc-12 $common -fno-pic two_objects.c
build two_objects_s390x_pic s390x-linux-gnu-gcc-12 $common -fpic two_objects.c
build two_objects_ppc64le powerpc64le-linux-gnu-gcc-12 $common -fno-pic -mcmodel=medium two_objects.c
build two_objects_ppc64le_large powerpc64le-linux-gnu-gcc-12 $common -fno-pic -mcmodel=large two_objects.c
build two_objects_power10 powerpc64le-linux-gnu-gcc-12 $common -mcpu=power10 -mcmodel=medium two_objects.c
for name in chosen filled_later renamed_later klp_build_tables built_by_code frees_later; do build $name $x86 $name.c; done
for form in plain MOVED CHANGED CHANGED_TABLE; do
  build calls_x86_64_$form $x86 -D$form calls.c
  build calls_aarch64_$form aarch64-linux-gnu-gcc-12 $common -fno-pic -D$form calls.c
  build calls_s390x_$form s390x-linux-gnu-gcc-12 $common -fno-pic -D$form calls.c
  build calls_ppc64le_$form powerpc64le-linux-gnu-gcc-12 $common -fno-pic -mcmodel=medium -D$form calls.c
  build calls_ppc64le_large_$form powerpc64le-linux-gnu-gcc-12 $common -fno-pic -mcmodel=large -D$form calls.c
done
build replaced_later_x86_64 $x86 replaced_later.c
build replaced_later_aarch64 aarch64-linux-gnu-gcc-12 $common -fno-pic replaced_later.c
build replaced_later_s390x s390x-linux-gnu-gcc-12 $common -fno-pic replaced_later.c
build replaced_later_ppc64le powerpc64le-linux-gnu-gcc-12 $common -fno-pic -mcmodel=large replaced_later.c
for module in two_objects two_objects_debug two_objects_sections frees_later; do
  strip --discard-all -o "$out/${module}_stripped.ko" "$out/$module.ko"
done

work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
key() { # name, options of openssl req
  name=$1; shift
  openssl req -new -x509 -nodes -days 36500 -subj "/O=Supersede tests/CN=Test $name key" -keyout "$work/$name.key" -out "$out/$name.pem" "$@" 2>/dev/null
}
key rsa -newkey rsa:2048
key ec -newkey ec -pkeyopt ec_paramgen_curve:P-256
key root -newkey ec -pkeyopt ec_paramgen_curve:P-256
openssl req -new -nodes -subj "/CN=Test issued key" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout "$work/issued.key" -out "$work/issued.csr" 2>/dev/null
openssl x509 -req -days 36500 -in "$work/issued.csr" -CA "$out/root.pem" -CAkey "$work/root.key" -set_serial 77 -out "$out/issued.pem" 2>/dev/null

sign() { # output, key, input, options of openssl cms
  output=$1; name=$2; input=$3; shift 3
  openssl cms -sign -binary -nocerts -outform DER -md sha256 -in "$input" -signer "$out/$name.pem" -inkey "$work/$name.key" "$@" -out "$work/signature"
  length=$(wc -c <"$work/signature")
  cat "$input" "$work/signature" >"$work/signed"
  printf '\000\000\002\000\000\000\000\000' >>"$work/signed"
  printf "\\$(printf %03o $((length >> 24 & 255)))\\$(printf %03o $((length >> 16 & 255)))\\$(printf %03o $((length >> 8 & 255)))\\$(printf %03o $((length & 255)))" >>"$work/signed"
  printf '~Module signature appended~\n' >>"$work/signed"
  mv "$work/signed" "$output"
}
sign "$out/signed_rsa.ko" rsa "$out/chosen.ko" -noattr
sign "$out/signed_ec.ko" ec "$out/chosen.ko" -noattr
sign "$out/signed_key_id.ko" rsa "$out/chosen.ko" -noattr -keyid
sign "$out/signed_attributes.ko" ec "$out/chosen.ko"
sign "$out/signed_issued.ko" issued "$out/chosen.ko" -noattr
sign "$out/signed_twice.ko" ec "$out/signed_rsa.ko" -noattr

# xz in the forms that its options make, all of one file
for form in "crc64 --check=crc64" "sha256 --check=sha256" "none --check=none" "kernel --check=crc32 --lzma2=dict=1MiB" "contexts --lzma2=lc=0,lp=4,pb=4" \
  "blocks -T2 --block-size=2000" "stored --lzma2=mode=fast,mf=hc3,nice=2,depth=1"; do
  xz -c ${form#* } "$out/two_objects.ko" >"$out/two_objects_${form%% *}.ko.xz"
done
head -c 5000 /dev/urandom | cat "$out/two_objects.ko" - | xz -c >"$out/two_objects_random_tail.ko.xz"
