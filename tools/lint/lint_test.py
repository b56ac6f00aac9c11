#!/usr/bin/env python3
"""The lint scripts find what they are for, and nothing else."""
import unittest

import headers
import layers
import source
import tidy


class SourceTest(unittest.TestCase):
    def test_code_has_no_comments_or_strings_and_the_same_lines(self):
        text = 'a; // sleep(1)\n/* x\n y */ b("sleep(\\"1)"); c(R"(\n})"); d = \'}\'; e = 1\'000\'000;\n'
        plain = source.code(text)
        self.assertEqual(plain.count('\n'), text.count('\n'))
        self.assertNotIn('sleep', plain)
        self.assertNotIn('}', plain)
        self.assertIn("1'000'000", plain)


class LayersTest(unittest.TestCase):
    def test_rules(self):
        rows = [
            ('protocol/phy/a.cpp', 'protocol/types/b.hpp', True),
            ('protocol/phy/a.cpp', 'storage/engine/b.hpp', False),
            ('protocol/phy/a.cpp', 'net/udp/b.hpp', False),
            ('protocol/base/a.cpp', 'protocol/phy/b.hpp', False),
            ('net/udp/a.cpp', 'protocol/base/b.hpp', True),
            ('net/udp/a.cpp', 'protocol/types/b.hpp', False),
            ('storage/keys/a.cpp', 'actors/support/b.hpp', False),
            ('config/load/a.cpp', 'storage/engine/b.hpp', False),
            ('app/api/a.cpp', 'actors/network_server/shard/state.hpp', True),
            ('app/api/a.cpp', 'test/support/b.hpp', False),
            ('actors/network_server/a.cpp', 'actors/join_server/interface.hpp', True),
            ('actors/network_server/a.cpp', 'actors/join_server/x/messages.hpp', True),
            ('actors/network_server/a.cpp', 'actors/join_server/state.hpp', False),
            ('actors/network_server/a.cpp', 'actors/network_server/shard/state.hpp', True),
            ('actors/network_server/a.cpp', 'actors/support/deps.hpp', True),
            ('protocol/phy/a.cpp', 'caf/actor.hpp', False),
            ('actors/x/a.cpp', 'caf/actor.hpp', True),
            ('actors/x/a.cpp', 'caf/all.hpp', False),
            ('net/udp/a.cpp', 'boost/asio/post.hpp', True),
            ('actors/x/a.cpp', 'boost/asio/post.hpp', False),
            ('storage/engine/a.cpp', 'rocksdb/db.h', True),
            ('storage/keys/a.cpp', 'rocksdb/db.h', False),
            ('test/support/storage/a.cpp', 'rocksdb/db.h', True),
            ('protocol/phy/a.cpp', 'thread', False),
            ('protocol/phy/a.cpp', 'vector', True),
            ('storage/codec/a.cpp', 'ttn/lorawan/v3/a.pb.h', True),
            ('storage/codec/a.hpp', 'ttn/lorawan/v3/a.pb.h', False),
            ('protocol/phy/a.cpp', 'google/protobuf/any.pb.h', False),
        ]
        for path, include, is_allowed in rows:
            with self.subTest(path=path, include=include):
                self.assertEqual(layers.judge(path, include) is None, is_allowed)

    def test_includes_in_comments_do_not_count(self):
        text = '// #include "a.hpp"\n/*\n#include "b.hpp"\n*/\n  # include <c.hpp>\n'
        self.assertEqual(layers.includes(text), [(5, 'c.hpp')])

    def test_folders_that_include_each_other_are_found(self):
        texts = {'net/a/x.hpp': '#include "net/b/y.hpp"', 'net/b/y.hpp': '#include "net/c/z.hpp"',
                 'net/c/z.hpp': '#include "net/a/x.hpp"', 'net/d/w.hpp': '#include "net/a/x.hpp"'}
        findings = layers.check(texts, texts.get)
        self.assertEqual([key for key, _ in findings], ['cycle:net/a,net/b,net/c'])

    def test_a_folder_and_its_subfolder_are_one_module(self):
        self.assertEqual(layers.cycles({'p/mac': {'p/mac/adr'}, 'p/mac/adr': {'p/mac'}}), [])


GOOD_HEADER = '// What for.\n#pragma once\n'


class TidyTest(unittest.TestCase):
    def findings(self, path, text, allowed=()):
        return [text for _, text in tidy.check(path, text, dict(allowed))[0]]

    def test_banned_calls(self):
        rows = [
            'auto t = std::chrono::system_clock::now();', 'std::random_device r;', 'sleep(1);',
            'std::this_thread::sleep_for(x);', 'std::thread t(f);', 'self->request(a, caf::infinite, x);',
            'std::cout << 1;', 'printf("x");', 'delete p;', 'std::mutex m;', 'caf::actor a;', 'assert(x);',
            'self->request(a, t, x).await(f);', 'getenv("X");', '::socket(1, 2, 3);', 'self->monitor(frontend);', 'std::stoi(x);',
        ]
        for row in rows:
            with self.subTest(row=row):
                self.assertEqual(len(self.findings('protocol/x/a.cpp', row + '\n')), 1)

    def test_what_looks_like_a_banned_call(self):
        rows = ['// sleep(1)', 'auto s = "std::cout";', 'X(const X&) = delete;', 'caf::actor_system& s;', 'log.printf(x);',
                'std::thread::id t;', 'static_assert(x);', 'if (state.sleep(x)) {}', 'std::snprintf(b, n, f);', 'delete this;']
        for row in rows:
            with self.subTest(row=row):
                self.assertEqual(self.findings('protocol/x/a.cpp', row + '\n'), [])

    def test_banned_calls_are_allowed_in_their_place(self):
        self.assertEqual(self.findings('actors/support/clock.cpp', 'system_clock::now();\n'), [])
        self.assertEqual(self.findings('actors/x/supervisor.hpp', GOOD_HEADER + 'caf::actor a;\n'), [])

    def test_headers_begin_with_their_purpose(self):
        self.assertEqual(self.findings('net/a.hpp', GOOD_HEADER), [])
        self.assertEqual(len(self.findings('net/a.hpp', '#pragma once\n')), 1)
        self.assertEqual(len(self.findings('net/a.hpp', '// For.\n')), 1)
        self.assertEqual(len(self.findings('net/a.hpp', GOOD_HEADER + 'using namespace std;\n')), 1)
        self.assertEqual(self.findings('net/a.hpp', GOOD_HEADER + 'void f() {\n  using namespace std;\n}\n'), [])

    def test_a_todo_needs_a_number(self):
        self.assertEqual(len(self.findings('net/a.cpp', 'x; // TODO: later\n')), 1)
        self.assertEqual(self.findings('net/a.cpp', 'x; // TODO(#12): later\n'), [])

    def test_file_length(self):
        self.assertEqual(self.findings('net/a.cpp', 'x;\n' * 700), [])
        self.assertEqual(len(self.findings('net/a.cpp', 'x;\n' * 701)), 1)

    def test_function_lengths(self):
        body = '  x;\n' * 69
        long_function = f'namespace a {{\nResult<int> B::c(int x,\n  int y) const {{\n{body}}}\n}}\n'
        self.assertEqual([(name, length) for name, _, length in tidy.functions(long_function)], [('B::c', 72)])
        self.assertEqual(len(self.findings('net/a.cpp', long_function)), 1)
        self.assertEqual(self.findings('net/a.cpp', long_function, {'net/a.cpp:B::c': 72}), [])
        self.assertEqual(len(self.findings('net/a.cpp', long_function, {'net/a.cpp:B::c': 71})), 1)

    def test_what_is_a_function(self):
        rows = [
            ('struct A { int f() { return 1; } };', ['f']),
            ('constexpr Row rows[] = {{f(1), 2}};', []),
            ('A::A(int x) : x_(x), y_{1} { g(); }', ['A::A']),
            ('auto f(int x) -> Result<int> { return [x] { return x; }(); }', ['f']),
            ('TEST(A, B) { EXPECT_EQ(1, 1); }', ['TEST']),
            ('enum class E : int { a = f(1) };', []),
            ('#define M(x) do { f(x); } \\\n  while (0)\nvoid g() {}', ['g']),
        ]
        for text, names in rows:
            with self.subTest(text=text):
                self.assertEqual([name for name, _, _ in tidy.functions(source.code(text))], names)


class HeadersTest(unittest.TestCase):
    def test_flags_are_those_of_the_nearest_folder(self):
        by_folder = {'net/udp': ['-Iudp'], 'net/tls/deep': ['-Itls']}
        self.assertEqual(headers.nearest('net/udp/a.hpp', by_folder), ['-Iudp'])
        self.assertEqual(headers.nearest('net/tls/a.hpp', by_folder), ['-Itls'])
        self.assertIsNone(headers.nearest('app/a.hpp', by_folder))

    def test_the_hash_covers_what_a_header_includes(self):
        def hashed(inner):
            texts = {}
            files = {'net/a.hpp': '#include "net/b.hpp"\n', 'net/b.hpp': inner}
            return headers.digest(headers.closure('net/a.hpp', files.__getitem__, texts), texts, ['-I'])
        self.assertEqual(hashed('int x;'), hashed('int x;'))
        self.assertNotEqual(hashed('int x;'), hashed('int y;'))

    def test_sources_that_nothing_builds(self):
        build_files = {'': 'ff_add_subdirectories(a tools)\n', 'a': '# ff_add_subdirectories()\nff_tests(a)\n', 'a/b': '',
                       'tools': 'ff_add_subdirectories()\n', 'tools/c': '', 'other': ''}
        paths = ['a/x.cpp', 'a/more/x.cpp', 'a/b/x.cpp', 'tools/c/x.cpp', 'tools/c/d/x.cpp', 'other/x.cpp', 'none/x.cpp']
        self.assertEqual(tidy.unbuilt(build_files, paths), ['a/b/x.cpp', 'other/x.cpp', 'none/x.cpp'])

    def test_vectors_that_no_test_runs(self):
        golden = {'test/golden/lorawan/toa.json': '{"vectors": [{"kind": "lora"}, {"kind": "fsk"}, {"kind": "lora"}]}',
                  'test/golden/lorawan/mic.json': '{"vectors": [{"kind": "up"}]}', 'test/golden/lorawan/rest.json': '[]'}
        tests = ['vectors("toa"); kind == "lora"', 'read("/lorawan/mic.json"); "fsk"']
        self.assertEqual(tidy.unread_vectors(golden, tests),
                         ['test/golden/lorawan/mic.json: up', 'test/golden/lorawan/toa.json: fsk'])


if __name__ == '__main__':
    unittest.main()
