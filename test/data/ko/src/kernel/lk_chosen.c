// SPDX-License-Identifier: GPL-2.0
/* Two livepatches; which one is enabled is decided when the module is loaded. */
#include "livepatch.h"

static int which;
module_param(which, int, 0);
static struct klp_func a_funcs[] = { { .old_name = "cmdline_proc_show", .new_func = new_show }, { } };
static struct klp_func b_funcs[] = { { .old_name = "version_proc_show", .new_func = new_show }, { } };
static struct klp_object a_objects[] = { { .funcs = a_funcs }, { } };
static struct klp_object b_objects[] = { { .funcs = b_funcs }, { } };
static struct klp_patch a = { .mod = THIS_MODULE, .objs = a_objects, .replace = true };
static struct klp_patch b = { .mod = THIS_MODULE, .objs = b_objects };

static int lp_init(void) { return klp_enable_patch(which ? &a : &b); }
module_init(lp_init);
