#include <gtest/gtest.h>

#include "app/cli/output/flat.hpp"
#include "app/cli/output/item_template.hpp"
#include "app/cli/output/json_text.hpp"
#include "app/cli/output/table.hpp"

namespace ff::cli {
namespace {

TEST(Indented, BreaksLinesOutsideOfStrings) {
  EXPECT_EQ(indented(R"({"a":[1,{"b":"x,{\"y\":[]"}],"c":{},"d":[]})"),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{\\\"y\\\":[]\"\n    }\n  ],\n"
            "  \"c\": {},\n  \"d\": []\n}");
}

TEST(FlatFields, NamesPathsAndJoinsPlainLists) {
  const FlatFields expected = {{"ids.device_id", "dev-1"},
                               {"rights", "A,B"},
                               {"latitude", "52.3"},
                               {"antennas", R"([{"gain":1}])"}};
  EXPECT_EQ(flat_fields(R"({"ids":{"device_id":"dev-1"},"rights":["A","B"],"latitude":52.3,)"
                        R"("antennas":[{"gain":1}]})"),
            expected);
}

TEST(Table, AlignsColumnsOfAllRows) {
  const std::vector<FlatFields> rows = {
      {{"ids.device_id", "dev-1"}, {"name", "Größe"}},
      {{"ids.device_id", "device-2"}, {"supports_join", "true"}},
  };
  EXPECT_EQ(table_text(rows),
            "DEVICE_ID  NAME   SUPPORTS_JOIN\n"
            "dev-1      Größe\n"
            "device-2          true\n");
}

TEST(Table, CutsWideCellsAndControlCharacters) {
  const std::vector<FlatFields> rows = {{{"a", std::string(100, 'x')}, {"b", "1\n2"}}};
  const auto text = table_text(rows);
  EXPECT_NE(text.find(std::string(cell_width_max, 'x') + "…  1?2"), std::string::npos) << text;
  EXPECT_TRUE(table_text({}).empty());
}

TEST(ItemTemplate, ShowsFieldsAsGoAndAsTheApiNamesThem) {
  const FlatFields fields = {{"ids.device_id", "dev-1"}, {"name", "N"}};
  for (const auto* text :
       {"{{.ids.device_id}}: {{ .name }}{{.other}}", "{{.Ids.DeviceId}}: {{.Name}}"}) {
    const auto parsed = ItemTemplate::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->render(fields), "dev-1: N");
  }
  for (const auto* text : {"{{range .x}}", "{{.a", "{{}}"})
    EXPECT_TRUE(ItemTemplate::parse(text).error().is(invalid_template)) << text;
}

}  // namespace
}  // namespace ff::cli
