/** One attached variable: `struct klp_shadow`. `object` stands for the address of what it is attached to. */
export type ShadowVariable = { readonly object: string; readonly id: string; readonly data: string }
