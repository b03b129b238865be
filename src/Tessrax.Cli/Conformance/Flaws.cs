using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance;

/// <summary>How faults are put together.</summary>
internal static class Flaws
{
    /// <summary>Something else in the place of a verb.</summary>
    /// <param name="words">The verb, such as <c>policy upgrade</c>.</param>
    /// <param name="instead">What is done.</param>
    public static Flaw On(string words, Func<Trial, Call, Ran> instead) =>
        (trial, call) => call.Begins(words) ? instead(trial, call) : trial.Real(call);

    /// <summary>A verb that does nothing and says that all is well.</summary>
    public static Flaw Idle(string words, string says = "") => On(words, (_, _) => Ran.Well(says));

    /// <summary>A verb that does something else first.</summary>
    public static Flaw Before(string words, Action<Trial, Call> first) =>
        On(
            words,
            (trial, call) =>
            {
                first(trial, call);
                return trial.Real(call);
            }
        );

    /// <summary>A verb that spoils something afterwards.</summary>
    public static Flaw After(string words, Action<Trial, Call> then) =>
        On(
            words,
            (trial, call) =>
            {
                Ran ran = trial.Real(call);
                then(trial, call);
                return ran;
            }
        );

    /// <summary>A verb that takes its words for others.</summary>
    public static Flaw Asked(string words, Func<Call, Call> change) =>
        On(words, (trial, call) => trial.Real(change(call)));

    /// <summary>A verb that says something else.</summary>
    public static Flaw Answers(string words, Func<string, string> change) =>
        On(
            words,
            (trial, call) =>
            {
                Ran ran = trial.Real(call);
                return ran with { Bytes = Encoding.UTF8.GetBytes(change(ran.Text)) };
            }
        );

    /// <summary>A verifier without one of its stages.</summary>
    public static Flaw Skips(string stage) =>
        On(
            "verify",
            (trial, call) =>
            {
                Ran ran = trial.Real(call with { Args = [.. call.Args.Where(arg => arg != "--json"), "--json"] });
                if (ran.Exit != CliContext.Refuted || ran.Bytes.Length == 0)
                    return ran;
                JsonValue verdict = ran.Json;
                bool holds = verdict["stages"]!
                    .Items.ToArray()
                    .All(each =>
                        each["name"]!.AsString() == stage
                        || each["holds"]!.Kind == JsonKind.True
                        || each["claimed"]?.Kind == JsonKind.False
                    );
                return ran with
                {
                    Exit = holds ? 0 : CliContext.Refuted,
                    Bytes = verdict.With("holds", holds).ToCanonicalBytes(),
                };
            }
        );
}
