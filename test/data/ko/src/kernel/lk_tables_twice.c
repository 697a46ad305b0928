// SPDX-License-Identifier: GPL-2.0
#define TWICE
#include "lk_tables.c"
