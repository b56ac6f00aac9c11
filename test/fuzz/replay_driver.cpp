// Runs a fuzz target without a fuzzing engine: every file of the corpus folder given, then seeded
// mutations of them. The ctest smoke run; for coverage-guided runs use the `fuzz` preset.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr int mutations_per_input = 300;
constexpr int random_inputs = 2000;

std::vector<Input> load(const std::filesystem::path& folder) {
  std::vector<Input> inputs;
  if (!std::filesystem::exists(folder)) return inputs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void mutate(Input& input, std::mt19937& random) {
  for (auto rounds = random() % 4 + 1; rounds > 0; --rounds) {
    auto at = input.empty() ? 0 : random() % input.size();
    switch (random() % 4) {
      case 0:
        if (!input.empty()) input[at] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        if (!input.empty()) input[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
        break;
      case 2:
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at),
                     static_cast<std::uint8_t>(random()));
        break;
      default:
        input.resize(at);
    }
  }
}

void run(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(1);
  std::size_t runs = 0;
  auto corpus = argc > 1 ? load(argv[1]) : std::vector<Input>();
  for (const auto& input : corpus) {
    run(input);
    for (int i = 0; i < mutations_per_input; ++i, ++runs) {
      auto copy = input;
      mutate(copy, random);
      run(copy);
    }
  }
  for (int i = 0; i < random_inputs; ++i, ++runs) {
    Input input(random() % 256);
    for (auto& byte : input) byte = static_cast<std::uint8_t>(random());
    run(input);
  }
  std::printf("%zu inputs of the corpus, %zu mutated or random\n", corpus.size(), runs);
  return 0;
}
