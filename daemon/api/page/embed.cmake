# Writes OUTPUT, a source with the bytes of FILES:  cmake -DOUTPUT=... -DFILES=a;b -P embed.cmake
# (as numbers: a string literal has a limit, and assemblers and linkers differ).
set(arrays "")
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char ${identifier}[] = {${bytes}};\n")
  string(APPEND entries "    PageFile{\"${name}\", {${identifier}, sizeof ${identifier}}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include <array>\n\n#include \"daemon/api/page.h\"\n\nnamespace dropload::api {\nnamespace {\n\n${arrays}\n}  // namespace\n\n\
std::span<const PageFile> page_files() {\n  static constexpr std::array all{\n${entries}  };\n  return all;\n}\n\n}  // namespace dropload::api\n")
