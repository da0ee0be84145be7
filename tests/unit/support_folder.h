/* A folder of its own for each test that writes files. */
#ifndef UNIT_SUPPORT_FOLDER_H
#define UNIT_SUPPORT_FOLDER_H

#include <stddef.h>

/* Makes a folder and enters it; leaves it and removes it with all that is in it. Check fixtures. */
void enter_folder(void);
void leave_folder(void);

/* Entries of the folder. */
size_t count_files(void);

#endif
