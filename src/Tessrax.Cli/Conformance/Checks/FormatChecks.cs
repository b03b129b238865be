using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Canonical JSON, times and payloads.</summary>
internal static partial class FormatChecks
{
    private static readonly (string Input, string Code)[] NotIJson =
    [
        ("""{"a":1,"a":2}""", "TSX1002"),
        ("""{"a":1,}""", "TSX1001"),
        ("9007199254740993", "TSX1003"),
        ("1e999", "TSX1003"),
        ("\"\\ud800\"", "TSX1004"),
        ("{} {}", "TSX1001"),
        ("", "TSX1001"),
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "3.1",
            Clauses.Aep,
            "the files of RFC 8785 come out byte for byte",
            Files,
            "members stay in the order in which they came",
            Flaws.On("plumbing canonicalize", AsTheyCame)
        ),
        new(
            "3.1",
            Clauses.Aep,
            "3,000 floating-point numbers are written as ES6 writes them",
            NumberTexts,
            "numbers are written as .NET writes them",
            Flaws.On("plumbing number", (_, call) => Ran.Well(Plainly(call.Args[^1])))
        ),
        new(
            "3.1",
            Clauses.Tesst,
            "what is not I-JSON is refused with its code",
            Strays,
            "of two members of one name the last one counts",
            Flaws.On("plumbing canonicalize", (trial, call) => trial.Real(call with { Input = LastCounts(call.Input) }))
        ),
        new(
            "3.2",
            Clauses.Aep,
            "times become one form, and what is not UTC or no time at all is refused",
            Times,
            "an offset is cut off",
            Flaws.Before("ingest", (trial, call) => CutOffsets(call.Args[^1]))
        ),
        Check.Of<Func<Dictionary<string, object?>, Func<string>>>(
            "3.3",
            Clauses.Rvc,
            "a payload stays what it was, whatever becomes of what it was made from",
            Frozen,
            graph => FrozenPayload.FromGraph(graph).ToString,
            "a payload keeps what it was made from and is written later",
            graph => () => FrozenPayload.FromGraph(graph).ToString()
        ),
        Check.Of<Action<LeafPipeline, byte[]>>(
            "3.4",
            Clauses.Rvc,
            "committing to a payload takes 0 bytes of memory each time",
            Allocates,
            static (pipeline, json) => pipeline.CommitOwn(default, json, null, json.AsSpan(0, 32)),
            "the payload is copied first",
            static (pipeline, json) => pipeline.CommitOwn(default, [.. json], null, json.AsSpan(0, 32))
        ),
    ];

    private static void Files(Trial trial)
    {
        foreach (string name in Vectors.Under("vectors/jcs/input"))
        {
            Ran ran = trial.RunWith(Vectors.Read(name), "plumbing", "canonicalize");
            string wanted = Vectors.Text(name.Replace("/input/", "/output/", StringComparison.Ordinal));
            trial.Same(wanted.TrimEnd('\n'), ran.Text, Path.GetFileName(name));
        }
    }

    private static Ran AsTheyCame(Trial trial, Call call)
    {
        Ran ran = trial.Real(call);
        if (ran.Exit != 0)
            return ran;
        var bytes = new ArrayBufferWriter<byte>();
        using (JsonDocument document = JsonDocument.Parse(call.Input))
        using (var writer = new Utf8JsonWriter(bytes))
            document.WriteTo(writer);
        return ran with { Bytes = bytes.WrittenMemory.ToArray() };
    }

    private static void NumberTexts(Trial trial)
    {
        foreach (string line in Vectors.Text("vectors/jcs/es6-numbers.txt").Split('\n'))
        {
            if (line.Split(',') is [{ } bits, { } text])
                trial.Same(text, trial.Run("plumbing", "number", bits).Text.TrimEnd('\n'), bits);
        }
    }

    private static string Plainly(string bits) =>
        BitConverter
            .UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToString("R", CultureInfo.InvariantCulture) + "\n";

    private static void Strays(Trial trial)
    {
        foreach ((string input, string code) in NotIJson)
        {
            Ran ran = trial.RunWith(input, "plumbing", "canonicalize");
            trial.That(ran.Exit == 2, $"{input} ended with {ran.Exit}");
            trial.Has(ran.Error, $"error {code}: ", $"the error about {input}");
            trial.Has(ran.Error, "\nhint: ", $"the error about {input}");
        }
    }

    private static byte[] LastCounts(ReadOnlyMemory<byte> input)
    {
        if (!input.Span.StartsWith("{\"a\":1,\"a\""u8))
            return input.ToArray();
        using JsonDocument document = JsonDocument.Parse(input);
        JsonProperty last = document.RootElement.EnumerateObject().Last();
        return Encoding.UTF8.GetBytes($"{{\"{last.Name}\":{last.Value.GetRawText()}}}");
    }

    private static void Times(Trial trial)
    {
        trial.Begin();
        (string Given, string Wanted)[] times =
        [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z"),
            ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500000Z"),
            ("2026-01-01T00:00:59.123456Z", "2026-01-01T00:00:59.123456Z"),
        ];
        for (int i = 0; i < times.Length; i++)
        {
            string file = trial.Write(
                $"t{i}.jsonl",
                Specimen.Claim($"t{i}", $"CVE-T{i}", "5.0", "pypa", times[i].Given)
            );
            trial.Must("ingest", trial.Ledger, file);
            JsonValue receipt = trial.Json("show", trial.Ledger, $"{Specimen.Size + i}");
            trial.Same(
                times[i].Wanted,
                receipt["payload"]!["claims"]!.Items[0]["timestamp"]!.AsString(),
                $"the claim's {times[i].Given}"
            );
        }
        foreach (
            string given in (string[])
                ["2026-01-01T01:30:00+01:30", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z"]
        )
            trial.Refused(
                2,
                "TSX1",
                "ingest",
                trial.Ledger,
                trial.Write("no.jsonl", Specimen.Claim("n", "N", "5.0", "pypa", given))
            );
    }

    private static void CutOffsets(string file) =>
        File.WriteAllText(file, Offset().Replace(File.ReadAllText(file), "Z\""));

    private static void Frozen(Trial trial, Func<Dictionary<string, object?>, Func<string>> freeze)
    {
        var inner = new List<object?> { 1L, "two" };
        var graph = new Dictionary<string, object?> { ["list"] = inner, ["n"] = 1L };
        Func<string> shown = freeze(graph);
        inner[0] = 9L;
        graph["n"] = 2L;
        graph.Remove("list");
        trial.Same("""{"list":[1,"two"],"n":1}""", shown(), "the payload");
    }

    private static void Allocates(Trial trial, Action<LeafPipeline, byte[]> commit)
    {
        var pipeline = new LeafPipeline(TreeHasher.Sha256);
        byte[] json = Encoding.UTF8.GetBytes($$"""{"b":[1,2,3],"a":"{{new string('x', 400)}}"}""");
        for (int i = 0; i < 100; i++)
            commit(pipeline, json);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            commit(pipeline, json);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        trial.That(taken == 0, $"a thousand of them took {taken} bytes");
    }

    [GeneratedRegex("[+-][0-9]{2}:[0-9]{2}\"")]
    private static partial Regex Offset();
}
