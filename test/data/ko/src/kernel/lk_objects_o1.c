// SPDX-License-Identifier: GPL-2.0
#include "lk_objects.c"
