using System.Buffers;
using System.Text;
using System.Text.Json;
using Tessrax.Canonical;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>A claim in its canonical form, against parsing it with JsonDocument and writing it again, which sorts and checks nothing.</summary>
internal static class CanonicalCase
{
    public const string Claim = """
        {"claim_id":"cvss-CVE-2023-20898-pypa","subject":"CVE-2023-20898","metric":"cvss_v3_base_score","value":7.8,
        "unit":"score_0_10","timestamp":"2023-09-08T20:23:17.000000Z","source":"pypa","evidence":[{"digest":
        "sha256:9310563616bf849b142e66372ab18b5e712c2f8df99074a8e9150f93a30b5155","name":"advisory.json"}],
        "context":{"vector":"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H","package":"salt","note":
        "Git Providers can read from the wrong environment because they get the same cache directory base name",
        "aliases":["GHSA-6vgc-72jf-8v86","PYSEC-2023-169"],"severity":"high","published":true,"withdrawn":null}}
        """;

    public static ICase Make() => new PairedCase("canonicalize", _ => Contestants(), Duel.FasterBy(2, "jsondocument"));

    private static Contestant[] Contestants()
    {
        byte[] text = Encoding.UTF8.GetBytes(Claim);
        var canonicalizer = new Canonicalizer();
        var output = new ArrayBufferWriter<byte>(2048);
        var writer = new Utf8JsonWriter(output);
        return
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = canonicalizer.Canonicalize(text);
                }
            ),
            new(
                "jsondocument",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                    {
                        output.ResetWrittenCount();
                        writer.Reset();
                        using var document = JsonDocument.Parse(text);
                        document.WriteTo(writer);
                        writer.Flush();
                    }
                }
            ),
        ];
    }
}
