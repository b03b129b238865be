using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Inspection;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Commands;

/// <summary><c>debug DIR</c>: what this program is, what it runs on, what computes its hashes, and the state of a ledger.</summary>
internal static class DebugVerb
{
    public const string Name = "debug";

    public static Command Create(CliContext context)
    {
        var place = new LedgerArgument
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "a ledger's directory; without it, and without $TESSRAX_LEDGER, only the program and its machine",
        };
        var verb = new Verb(
            Name,
            "Show versions, runtime, hash engines, switches, limits and the state of a ledger and its index",
            "tessraxctl debug decisions",
            "tessraxctl debug --json"
        )
        {
            place,
        };
        verb.SetAction(parsed =>
        {
            TessraxException? fault = Wish(context);
            List<Section> sections =
            [
                RuntimeFacts.Program(),
                RuntimeFacts.Runtime(),
                HashFacts.Backends(),
                SwitchFacts.Of(context),
                LogFacts.Of(context),
                LimitFacts.All(),
            ];
            if (parsed.GetValue(place) is { } ledger)
                sections.AddRange(LedgerFacts.Of(context, ledger, ref fault));
            context.WriteJson(() =>
                JsonValue.Object([.. sections.Select(section => (section.Name, (JsonValue?)section.ToJson()))])
            );
            foreach (Section section in sections)
                Show(context, section);
            if (fault is null)
                return 0;
            context.Report(fault);
            return (int)fault.Code.Class;
        });
        return verb;
    }

    private static TessraxException? Wish(CliContext context)
    {
        try
        {
            HashWish.Apply(context);
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static void Show(CliContext context, Section section)
    {
        context.Line(Tone.Strong, section.Title);
        int width = section.Facts.Count == 0 ? 0 : section.Facts.Max(fact => fact.Label.Length);
        foreach (Fact fact in section.Facts)
        {
            context.Text(Tone.Dim, $"  {fact.Label.PadRight(width)}  ");
            context.Line(fact.Value.Text);
        }
        context.Line();
    }
}
