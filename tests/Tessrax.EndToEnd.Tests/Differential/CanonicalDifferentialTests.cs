using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Canonical JSON of generated and of damaged texts, against <c>canonicalize</c> over Node's own <c>JSON.parse</c>.</summary>
public class CanonicalDifferentialTests
{
    private const int Texts = 6000;

    // What I-JSON (RFC 7493) and our limits forbid, and JSON.parse lets pass. Half a surrogate pair is among them because a
    // second member of the same name can make JSON.parse forget the first, which held it.
    private static readonly ErrorCode[] Stricter =
    [
        ErrorCodes.DuplicateKey,
        ErrorCodes.BadNumber,
        ErrorCodes.LoneSurrogate,
        ErrorCodes.TooDeep,
    ];

    [Fact]
    public void Generated_texts_have_the_same_canonical_form()
    {
        var texts = new JsonTexts(8785);
        (int same, int refused) = Compare([
            .. Enumerable.Range(0, Texts).Select(_ => Encoding.UTF8.GetBytes(texts.Next())),
        ]);
        Assert.True(same > Texts / 2 && refused > Texts / 40, $"{same} the same, {refused} refused by both");
    }

    [Fact]
    public void Damaged_texts_are_refused_alike_or_mean_the_same()
    {
        var texts = new JsonTexts(7493);
        (int same, int refused) = Compare([
            .. Enumerable.Range(0, Texts).Select(_ => texts.Damage(Encoding.UTF8.GetBytes(texts.Next()))),
        ]);
        Assert.True(same > Texts / 20 && refused > Texts / 4, $"{same} the same, {refused} refused by both");
    }

    [Fact]
    public void Depth_is_where_we_stop_earlier()
    {
        (int same, int refused) = Compare([Nested(64), Nested(65), Nested(1000)]);
        Assert.Equal((1, 0), (same, refused));
    }

    private static (int Same, int Refused) Compare(byte[][] texts)
    {
        IReadOnlyList<PeerAnswer> answers = Peer.Ask([
            .. texts.Select(text => Peer.Question("canonicalize", ("data", Peer.Bytes(text)))),
        ]);
        int same = 0;
        int refused = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            (string? ours, ErrorCode? why) = Ours(texts[i]);
            string where =
                $"{Encoding.Latin1.GetString(texts[i])}: we {ours ?? why!.ToString()}, they {answers[i].Refused}";
            if (answers[i].Refused is not null)
            {
                Assert.True(ours is null, where);
                refused++;
            }
            else if (ours is null)
            {
                Assert.True(Stricter.Contains(why), where);
            }
            else
            {
                Assert.True(answers[i].Text == ours, where);
                same++;
            }
        }
        return (same, refused);
    }

    private static (string? Hex, ErrorCode? Why) Ours(byte[] text)
    {
        try
        {
            return (Convert.ToHexStringLower(CanonicalWriter.Canonicalize(text)), null);
        }
        catch (TessraxException e)
        {
            return (null, e.Code);
        }
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
