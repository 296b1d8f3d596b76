// @ts-check

/** Check boxes of a table: one in the head for all, Shift for a range, and a bar that counts. */
export function checkRow() {
  return {
    last: -1,
    count: 0,
    /** @this {any} */
    init() {
      // What was checked before this script was there, or is still checked after going back, counts too.
      this.tell()
    },
    /** @this {any} */
    boxes() {
      /** @type {HTMLElement} */
      const root = this.$root
      return /** @type {HTMLInputElement[]} */ ([
        ...root.querySelectorAll('tbody .c-check input[type=checkbox]'),
      ])
    },
    /** @this {any} */
    all() {
      const head = /** @type {HTMLInputElement} */ (this.$el)
      for (const box of this.boxes()) box.checked = head.checked && box.closest('[hidden]') === null
      this.tell()
    },
    /** @this {any} */
    one() {
      const boxes = this.boxes()
      const event = /** @type {MouseEvent | undefined} */ (this.$event)
      const box = /** @type {HTMLInputElement} */ (this.$el)
      const at = boxes.indexOf(box)
      if (event?.shiftKey && this.last >= 0) {
        const [from, to] = [Math.min(at, this.last), Math.max(at, this.last)]
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked
      }
      this.last = at
      this.tell()
    },
    /** @this {any} */
    tell() {
      this.count = this.boxes().filter((/** @type {HTMLInputElement} */ box) => box.checked).length
    },
  }
}
