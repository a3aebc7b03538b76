/** Asks once more before an agent goes for good. */

/** A question with two answers. */
export interface DeleteDialog {
  /** @returns whether it is to go. */
  ask(title: string): Promise<boolean>;
}

/** @param dialog with a `[data-question]`, and buttons in a form of method `dialog`: `value="delete"` is yes, all else is no. */
export function deleteDialog(dialog: HTMLDialogElement): DeleteDialog {
  return {
    ask(title) {
      const question = dialog.querySelector('[data-question]');
      if (question) question.textContent = `Delete ${title}?`;
      dialog.returnValue = '';
      dialog.showModal();
      return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true });
      });
    },
  };
}
