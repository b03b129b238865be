using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Tessrax.Node.Reading;

/// <summary>Steps of several threads as a trace that Perfetto and <c>chrome://tracing</c> open: the Trace Event Format's object form, with complete events.</summary>
/// <remarks>Bounded: after so many events only ever longer ones are kept, and the trace says how many were left out. Safe for concurrent use.</remarks>
/// <param name="clock">The clock whose timestamps are given.</param>
internal sealed class ChromeTrace(TimeProvider clock)
{
    private const int MostEvents = 1 << 17;

    private readonly long start = clock.GetTimestamp();
    private readonly Lock gate = new();
    private readonly SortedSet<int> threads = [];
    private List<Event> events = [];
    private long shortest;
    private long leftOut;

    private readonly record struct Event(string Name, int Thread, long From, long To, long First, long Count);

    /// <summary>Adds a step.</summary>
    /// <param name="name">What was done.</param>
    /// <param name="thread">By which thread, from 1.</param>
    /// <param name="from">When it began, as a timestamp of the clock.</param>
    /// <param name="to">When it ended.</param>
    /// <param name="first">The first entry of the batch.</param>
    /// <param name="count">How many entries the batch has.</param>
    public void Add(string name, int thread, long from, long to, long first, long count)
    {
        lock (gate)
        {
            threads.Add(thread);
            if (to - from < shortest)
            {
                leftOut++;
                return;
            }
            events.Add(new Event(name, thread, from, to, first, count));
            if (events.Count == MostEvents)
                Thin();
        }
    }

    /// <summary>The whole trace.</summary>
    /// <param name="about">What it is of.</param>
    public byte[] ToBytes(string about)
    {
        lock (gate)
        {
            var output = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(output))
            {
                writer.WriteStartObject();
                writer.WriteString("displayTimeUnit", "ms");
                writer.WriteStartObject("otherData");
                writer.WriteString("about", about);
                writer.WriteString("events_left_out", leftOut.ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
                writer.WriteStartArray("traceEvents");
                WriteName(writer, "process_name", 0, "tessraxctl profile");
                foreach (int thread in threads)
                    WriteName(
                        writer,
                        "thread_name",
                        thread,
                        string.Create(CultureInfo.InvariantCulture, $"verify {thread}")
                    );
                foreach (Event step in events)
                    Write(writer, step);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            return output.WrittenSpan.ToArray();
        }
    }

    // Half of the events are let go, the shorter ones.
    private void Thin()
    {
        long[] lengths = [.. events.Select(step => step.To - step.From).Order()];
        shortest = lengths[lengths.Length / 2] + 1;
        int before = events.Count;
        events = [.. events.Where(step => step.To - step.From >= shortest)];
        leftOut += before - events.Count;
    }

    private static void WriteName(Utf8JsonWriter writer, string what, int thread, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("name", what);
        writer.WriteString("ph", "M");
        writer.WriteNumber("pid", 1);
        writer.WriteNumber("tid", thread);
        writer.WriteStartObject("args");
        writer.WriteString("name", name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Times are microseconds since the trace began.
    private void Write(Utf8JsonWriter writer, Event step)
    {
        writer.WriteStartObject();
        writer.WriteString("name", step.Name);
        writer.WriteString("cat", "replay");
        writer.WriteString("ph", "X");
        writer.WriteNumber("ts", Micros(start, step.From));
        writer.WriteNumber("dur", Micros(step.From, step.To));
        writer.WriteNumber("pid", 1);
        writer.WriteNumber("tid", step.Thread);
        writer.WriteStartObject("args");
        writer.WriteNumber("first", step.First);
        writer.WriteNumber("entries", step.Count);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private double Micros(long from, long to) => Math.Round(clock.GetElapsedTime(from, to).TotalMicroseconds, 3);
}
